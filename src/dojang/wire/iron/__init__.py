"""Fe26.2, the seal of @hapi/iron, and what iron-session puts into it."""
