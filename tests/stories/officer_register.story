# An officer registers somebody without a phone: consent read aloud, a number of the family, the PIN once.
phone 081290000201
dial *119*77#
type 864297
type 1
type 1
type 5301014107550001
type Maria Goreti Bria
type 01071955
type 1
type 1
type 1
type 081290000001
type 1
# The next one: no PIN, and the first is counted. This family has no phone.
dial *119*77#
type 1
type 1
type 3173014502900001
type Siti Aminah
type 05021990
type 2
type jakarta
type 1
type 2
type 2
type 5
type 2
type 1
# Whoever was registered is found again, and nobody of them is on the officer's own phone.
dial *119*77#
type 1
type 1
type 5301014107550001
type Maria Goreti Bria
type 01071955
dial *119#
type 7
dial *119*77#
type 3
dial *119*77#
