"""Provisional: the leaf helper replaces this file."""
import os, time, uuid
from django.db import models
def uuid7() -> uuid.UUID:
    v = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    v &= ~(0xF000 << 64); v |= 7 << 76; v &= ~(0xC000 << 48); v |= 0x8000 << 48
    return uuid.UUID(int=v)
class _C(models.CharField):
    longueur = 20
    def __init__(self, *a, **k):
        k.setdefault("max_length", self.longueur); super().__init__(*a, **k)
class ChampSiret(_C): longueur = 14
class ChampSiren(_C): longueur = 9
class ChampUai(_C): longueur = 8
class ChampIban(_C): longueur = 34
class ChampCodePostal(_C): longueur = 5
class ChampTelephone(_C): longueur = 20
class ChampMontant(models.DecimalField):
    def __init__(self, *a, **k):
        k.setdefault("max_digits", 14); k.setdefault("decimal_places", 2); super().__init__(*a, **k)
class ChampTaux(models.DecimalField):
    def __init__(self, *a, **k):
        k.setdefault("max_digits", 14); k.setdefault("decimal_places", 4); super().__init__(*a, **k)
