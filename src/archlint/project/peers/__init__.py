"""What reaches another party.

`remote` tells which effects do, `transactions` what leaves the program while one is open, `fan_out` what is started for
all rows at once.
"""
