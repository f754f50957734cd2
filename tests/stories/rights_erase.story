# Hapus data: a ticket, which whoever proves the person can take back until staff have done it.
phone 081290000022
dial *119*7*4#
type 1271010312700001
type 03121970
type 6
type 1
dial *119*7*5#
type 1271010312700001
type 03121970
type 6
type 1
# Nothing waits now: it would have to be asked for again.
dial *119*7*5#
type 1271010312700001
type 03121970
type 6
type 2
# A copy of all of it is a ticket as well.
type 5
type 1
# Whoever is not tied to the person is told nothing, not even whether there is one.
phone 081290000077
dial *119*7*4#
type 1271010312700001
type 03121970
type 3
