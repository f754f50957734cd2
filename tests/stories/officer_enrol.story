# The first time: the code of the SMS, and a PIN that is not everybody's. A wrong code is counted.
phone 081290000202
dial *119*77#
type 111111
type 1
type 530718
type 123456
type 777777
type 864208
type 864280
type 1
type 864208
type 864208
type 3
dial *119*77#
type 530718
type 1
type 864208
