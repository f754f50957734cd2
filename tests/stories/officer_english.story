# In English: somebody who does not agree, a card that does not match and is sent to be checked, and one
# whose turn comes later.
phone 081290000201
dial *119*77#
type 864297
type 2
type 2
type 1
type 2
dial *119*77#
type 1
type 3
type 9
type 9
type 9
type 1
type 5301014107550001
type Maria Goreti
type 02071955
type 1
type 2
type 1
type 2
type 3
type 2
type 1
dial *119*77#
type 1
type 1
type 3273011708850001
type Budi Santoso
type 17081985
