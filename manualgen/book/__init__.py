"""Many documents as one manual: identifiers and the references between them."""
