# The same in English; the language is remembered.
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
type 1
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
type siti aminah
| Date of birth? Write day, month, year. Example: 17081990
| 0 Back
type 5-2-1990
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
dial *119#
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
dial *119*2#
| S*** A****: REGISTERED, not vaccinated yet. Registration number: {number}
| 1 Somebody else
| 2 Done
| 0 Back
