// Package story tells each city's story over the API. Quanzhou's is the whole chain: departments catalog and supply real data, a bank
// is admitted, asks, models, is granted, queries one person under that person's consent, takes a noised table out, and is refused
// whatever the law forbids; a person sees and withdraws; an auditor verifies. The others go their own law's ways.
//
// The demonstration and the tests tell the same story: everything goes through HTTP as one of its roles. Every refusal
// that the story expects is checked by its code and its article: a refusal that does not come fails the story.
package story
