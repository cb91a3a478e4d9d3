"""Billing data come in: files are read, checked, compared and made visible (README, "Import")."""
