"""The admin page at /uprava, one file per desk. What is allowed is decided below, in domain/staff."""
