# Digits after the code walk the menu; a NIK among them is refused with a hint; a code that is not
# ours is told so by the network or by us.
phone 081290000001
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
hang up
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
dial *119*8*1#
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
hang up
dial *119*1*1*3173014502900001#
| Demi keamanan, jangan ketik NIK saat menelepon: nomor itu tersimpan di HP. Dial *119# saja, lalu ketik NIK saat diminta.
closes
dial *119*88#
| Ketik angka 1-9.
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 9 Lanjut
