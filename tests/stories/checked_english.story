# The same in English.
phone 081290000001
dial *119#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 8
| Pilih bahasa:
| 1 Bahasa Indonesia
| 2 English
| 0 Kembali
type 2
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
dial *119*1*1#
| Type the 16 digits of your NIK (see your ID card):
| 0 Back
type 3173014502900001
| Type your full name as on the ID card:
| 0 Back
type Joko Widodo
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 05021990
| This does not match the national record yet. Check NIK, name and birth date.
| 1 Type again
| 2 Send to be checked
| 0 Back 00 Menu
type 2
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
| RECEIVED, to be checked by our staff. Your number: {number}. Note it. We tell you the result, within 3x24 hours.
closes
dial *119*5*6#
| Which ticket?
| 1 {number}
| 0 Back 00 Menu
type 1
| Ticket {number}: RECEIVED, waiting for our staff. Answered by {date} at the latest.
| 1 Another ticket
| 2 Done
| 0 Back 00 Menu
type 2
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
dial *119*1*1#
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
| Registration DONE. Your number: {number2}. Note it and show it at your vaccination. Check: *119#, then 2.
closes
dial *119*5*6#
| This number has no ticket yet.
| 1 Make a complaint
| 2 Done
| 0 Back 00 Menu
