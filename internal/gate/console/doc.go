// Package console answers the files of the built console and public portal (web/).
//
// Files are compressed when the console is built, never at run time. Files under /assets carry a digest in their name and
// are kept by the browser for a year; everything else is asked for again each time. A path that is no file is a page of
// the console's own router and gets index.html. A binary built without the console says so and how to build it.
package console
