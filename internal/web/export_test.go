package web

// LinkedIn is for tests of the address.
var LinkedIn = linkedIn
