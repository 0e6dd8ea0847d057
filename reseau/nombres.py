"""Provisional: the leaf helper replaces this file."""
from datetime import date, datetime
from decimal import Decimal
from django.utils import timezone
def maintenant() -> datetime: return timezone.now()
def aujourdhui() -> date: return timezone.localdate()
def montrer_montant(montant: Decimal) -> str: return f"{montant:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"
