"""Mask: e-mail addresses, phone numbers, card numbers, IP addresses and account numbers, out of texts."""
