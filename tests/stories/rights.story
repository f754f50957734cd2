# Data saya: what is kept, who looked at it, what was agreed to; and consent taken back, which ends the
# registration and says so.
phone 081290000001
dial *119*1#
type 1
type 3173014502900001
type Siti Aminah
type 05021990
type 1
type 1
dial *119*2#
type 2
dial *119*7#
type 5
type 3173014502900001
type 05021990
type 1
type 1
type 2
type 2
dial *119*7*5#
type 3173014502900001
type 05021990
type 3
type 1
type 1
# What rested on it is gone; what the record says of the person stays.
dial *119*7*5#
type 3173014502900001
type 05021990
type 1
type 1
type 3
type 2
