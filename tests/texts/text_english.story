# In English from the language on, with a code that was mistyped.
phone 081290000001
text MENU
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
text 8
| Pilih bahasa:
| 1 Bahasa Indonesia
| 2 English
| 0 Kembali
text 2
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
text HELP
| Reply DAFTAR, STATUS, SERTIFIKAT, PERIKSA, STOP. Or at once: DAFTAR#NIK#name#birth date, STATUS#NIK#17081990. Free: dial *119#. Help: 119 ext 9.
closes
text daftar#3173014502900001#Siti Aminah#05021990
| The Ministry of Health uses your NIK, name & health data for vaccination, and keeps them secret. Agree?
| 1 Agree
| 2 No
| 3 Read all
| 0 Back
text 1
| PeduliLindungi: code {code} for registering. Reply with this code to go on. Give it to NOBODY. Not you? Just ignore this.
text 12345
| That was not the code. PeduliLindungi: reply {code} for registering.
text {code}
| Do you live in Jakarta Barat?
| 1 Yes
| 2 No, somewhere else
| 0 Back 00 Menu
text 1
| Do you have a fever or cough, a pregnancy, a severe allergy or a serious illness?
| 1 None
| 2 Yes
| 0 Back 00 Menu
text 1
| Registration DONE. Your number: {number}. Note it and show it at your vaccination. Check: *119#, then 2.
closes
text stop
| You get no more broadcasts from us. News of your own data still comes. Want them again? Reply START.
closes
text start
| You get our broadcasts again. You do not want them? Reply STOP.
closes
text STATUS
| S*** A****: REGISTERED, not vaccinated yet. Registration number: {number}
| 1 Somebody else
| 2 Done
| 0 Back
text 2
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
