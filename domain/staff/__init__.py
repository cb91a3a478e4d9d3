"""What staff do on the admin page (manual, 1.2: staff answer with a username and a control number)."""
