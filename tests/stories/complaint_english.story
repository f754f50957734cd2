# In English: no ticket yet, then a complaint about something else.
phone 081290000057
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
type 6
| What is it about?
| 1 No certificate
| 2 Wrong data
| 3 My NIK was used
| 4 Ill after a dose
| 5 Something else
| 6 My tickets
| 0 Back
type 6
| This number has no ticket yet.
| 1 Make a complaint
| 2 Done
| 0 Back 00 Menu
type 1
| What is it about?
| 1 No certificate
| 2 Wrong data
| 3 My NIK was used
| 4 Ill after a dose
| 5 Something else
| 6 My tickets
| 0 Back 00 Menu
type 5
| Tell us briefly: what, when, where.
| 0 Back
type The queue was closed at noon in my village
| We have it. Ticket: {number}. You get word by SMS when it is answered. See it: *119#, Complaints, My tickets.
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
type 6
| What is it about?
| 1 No certificate
| 2 Wrong data
| 3 My NIK was used
| 4 Ill after a dose
| 5 Something else
| 6 My tickets
| 0 Back
type 6
| Which ticket?
| 1 {number}
| 0 Back 00 Menu
type 1
| Ticket {number}: RECEIVED, waiting for our staff.
| 1 Another ticket
| 2 Done
| 0 Back 00 Menu
type 2
| Thank you. Stay well. Need help? Call 119 ext 9.
closes
