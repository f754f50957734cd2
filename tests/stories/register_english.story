# The same in English; the language is remembered.
phone 081290000001
dial *119#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Orang di nomor ini
| 4 Bahasa / Language
| 5 Ubah info diri
| 6 Pengaduan
| 7 Info vaksin
| 8 Sertifikat
type 4
| Pilih bahasa:
| 1 Bahasa Indonesia
| 2 English
| 0 Kembali
type 2
| PeduliLindungi
| 1 Register
| 2 Vaccination status
| 3 People on this number
| 4 Language / Bahasa
| 5 Change my data
| 6 Complaints
| 7 About the vaccine
| 8 Certificate
type 1
| The Ministry of Health uses your NIK, name and health data for vaccination only. Agree?
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
| 2 Vaccination status
| 3 People on this number
| 4 Language / Bahasa
| 5 Change my data
| 6 Complaints
| 7 About the vaccine
| 8 Certificate
hang up
dial *119*2#
| S*** A****: REGISTERED, not vaccinated yet. Registration number: {number}
| 1 Somebody else
| 2 Done
| 0 Back
