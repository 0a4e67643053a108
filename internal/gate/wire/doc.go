// Package wire lets programs that speak PostgreSQL's protocol (psql, drivers, reporting tools) read what is free to read in
// a development space: its synthetic tables, and the results that have left by output review (工作台外接).
//
//   - A program signs in with the login of an account, an API key of that account as its password, and a space as its
//     database. Key, account, admission and space are looked at again for every statement.
//   - Every text goes through the guard as a question of class O over tables in which nobody is, and is answered by the
//     interpreter. No text reaches an engine, here as everywhere, and no table of real data has a name here.
//   - What a driver says about its session (SET, BEGIN) and what psql asks to list tables is answered by a closed list of
//     fixed texts; everything else is refused with the guard's code, its position, and a way to write it.
//   - Outside the loopback interface it speaks TLS only: the password is a key.
package wire
