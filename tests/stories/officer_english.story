# In English: somebody who does not agree, a card that does not match and is sent to be checked, and one
# whose turn comes later.
phone 081290000201
dial *119*77#
| Ketik PIN petugas Anda (6 angka):
type 864297
| Pendaftaran oleh petugas. Hari ini: 0 orang, sisa 80.
| 1 Daftarkan orang
| 2 English
| 3 Keluar
| 0 Kembali
type 2
| Pilih bahasa:
| 1 Bahasa Indonesia
| 2 English
| 0 Kembali 00 Menu
type 2
| Registration by an officer. Today: 0, left: 80.
| 1 Register somebody
| 2 Bahasa Indonesia
| 3 Log out
type 1
| READ ALOUD: The Ministry of Health uses your NIK, name & health data for vaccination, and keeps them secret. Agree?
| 1 Yes, agreed
| 2 No
| 3 Read all
| 0 Back
type 2
| Fine, nothing was stored. The person can still register later, at a health centre or by 119 ext 9.
closes
dial *119*77#
| Registration by an officer. Today: 0, left: 80.
| 1 Register somebody
| 2 Bahasa Indonesia
| 3 Log out
type 1
| READ ALOUD: The Ministry of Health uses your NIK, name & health data for vaccination, and keeps them secret. Agree?
| 1 Yes, agreed
| 2 No
| 3 Read all
| 0 Back
type 3
| READ ALOUD: We ask for NIK, name, birth date, home, health, to match your data and to plan your vaccination.
| 9 More 0 Back 00 Menu
type 9
| On WhatsApp, data passes servers abroad.
| See, correct, delete your data, take consent back: call 119 ext 9.
| 9 More 0 Back 00 Menu
type 9
| 1 Yes, agreed
| 2 Do not agree
| 3 For how long?
| 0 Back 00 Menu
type 3
| READ ALOUD: Kept: registration while the programme lasts, appointments 1 year, changes and which officer 10, doses 25 years.
| 9 More 0 Back 00 Menu
type 9
| 1 Yes, agreed
| 2 Do not agree
| 0 Back 00 Menu
type 1
| Type the 16 digits of the person's NIK (see the ID card):
| 0 Back
type 5301014107550001
| Type the full name as on the ID card:
| 0 Back
type Maria Goreti
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 02071955
| The birth date differs from the NIK. That can be, but please look again.
| 1 It is right
| 2 Type the NIK again
| 3 Type the date again
| 0 Back 00 Menu
type 1
| This does not match the national record yet. Check NIK, name and birth date on the card.
| 1 Type again
| 2 Send to be checked
| 0 Back 00 Menu
type 2
| Does the person live in Kab. Kupang?
| 1 Yes
| 2 No, somewhere else
| 0 Back 00 Menu
type 1
| ASK: a fever or cough, a pregnancy, a severe allergy or a serious illness?
| 1 None
| 2 Yes
| 0 Back 00 Menu
type 2
| Which? The staff will look at it there.
| 1 Fever, cough
| 2 Covid lately
| 3 Pregnant
| 4 Severe allergy
| 5 Serious illness
| 0 Back 00 Menu
type 3
| Is there a phone in the family? The registration number goes there by SMS. Not your own number.
| 1 Yes
| 2 No
| 0 Back 00 Menu
type 2
| Register Maria Goreti, born {date}?
| 1 Yes, register
| 2 Cancel
| 0 Back 00 Menu
type 1
| RECEIVED, to be checked by our staff. Number: {number}. Note it for the person. Next: dial *119*77#.
closes
dial *119*77#
| Registration by an officer. Today: 1, left: 79.
| 1 Register somebody
| 2 Bahasa Indonesia
| 3 Log out
type 1
| READ ALOUD: The Ministry of Health uses your NIK, name & health data for vaccination, and keeps them secret. Agree?
| 1 Yes, agreed
| 2 No
| 3 Read all
| 0 Back
type 1
| Type the 16 digits of the person's NIK (see the ID card):
| 0 Back
type 3273011708850001
| Type the full name as on the ID card:
| 0 Back
type Budi Santoso
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 17081985
| The data is right, but the turn of the person's group begins on {date}. Please register then.
closes
