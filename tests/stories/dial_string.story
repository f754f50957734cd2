# Digits after the code walk the menu; a NIK among them is refused with a hint; a code that is not
# ours is told so by the network or by us.
phone 081290000001
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
hang up
dial *119*4*2#
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
dial *119*4*1#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Orang di nomor ini
| 4 Bahasa / Language
| 5 Ubah info diri
| 6 Pengaduan
| 7 Info vaksin
| 8 Sertifikat
hang up
dial *119*1*1*3173014502900001#
| Demi keamanan, jangan ketik NIK saat menelepon: nomor itu tersimpan di HP. Dial *119# saja, lalu ketik NIK saat diminta.
closes
dial *119*88#
| Ketik angka 1-8.
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Orang di nomor ini
| 4 Bahasa / Language
| 9 Lanjut
