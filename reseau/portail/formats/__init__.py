"""How Django itself prints what our functions do not."""
