"""JOSE: signed and encrypted JSON tokens, as RFC 7515 to 7519 have them."""
