"""The fictional demonstration: schools, people, orders and funding that exist nowhere.

Each step brings its tables up to the size asked for, from a fixed seed: what is there is never
touched, so a second run does nothing, a larger one extends, and a run cut short is taken up again.
"""
