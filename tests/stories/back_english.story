# The same in English, before an appointment and before a certificate.
phone 081290000001
dial *119*8*2#
| PeduliLindungi
| 1 Register
| 2 Vaccine status
| 3 Certificate
| 4 Change my data
| 5 Complaints
| 6 About vaccines
| 7 People on this number
| 8 Language/Bahasa
| 9 Appointment
hang up
dial *119*1#
| The Ministry of Health uses your NIK, name & health data for vaccination, and keeps them secret. Agree?
| 1 Agree
| 2 No
| 3 Read all
| 0 Back
type 1
| Type the 16 digits of your NIK (see your ID card):
| 0 Back
type 3173014502900001
| Type your full name as on the ID card:
| 0 Back
type Siti Aminah
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 05021990
| Do you live in Jakarta Barat?
| 1 Yes
| 2 No, somewhere else
| 0 Back 00 Menu
type 1
| Do you have a fever or cough, a pregnancy, a severe allergy or a serious illness?
| 1 None
| 2 Yes
| 0 Back 00 Menu
type 1
| Registration DONE. Your number: {number}. Note it and show it at your vaccination. Check: *119#, then 2.
closes
silent 081290000001
dial *119*9#
| Appointment. Type the 16 digits of the NIK (see the ID card):
| 0 Back
type 3173014502900001
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 05021990
| This number was silent for long: its consent ended. The Ministry uses your data for vaccination. Agree again?
| 1 Agree
| 2 No
| 3 Read all
| 0 Back 00 Menu
type 2
| Fine. Without consent nothing is shown or changed over this number. What was registered still stands. Help: 119 ext 9.
closes
dial *119*3*1#
| This number was silent for long: its consent ended. The Ministry uses your data for vaccination. Agree again?
| 1 Agree
| 2 No
| 3 Read all
| 0 Back 00 Menu
type 1
| No dose is recorded, so there is no certificate yet. You had one? Go to the place where you got it, with ID and vaccination card.
closes
