"""One pool of worker processes for batch runs and for the server: an item that crashes or takes too long stops no other."""
