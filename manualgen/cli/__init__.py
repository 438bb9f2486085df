"""The commands, one module each: parse arguments, call one function of the API, print."""
