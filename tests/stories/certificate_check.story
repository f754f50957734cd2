# Whoever stands at a door checks a code with the year of birth. A slip is told, a wrong year and a code that
# nobody has are not told apart.
phone 081290000001
dial *119*3*2#
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 1234
| Kode cek: 13 angka. SMS atau teks QR: kirim utuh.
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 6088231450775
| Ada angka yang salah ketik. Coba lagi.
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 6088231450774
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 70
| Tahun: 4 angka.
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1971
| TIDAK SAH: tidak ada sertifikat seperti itu, atau tahun lahirnya lain. Periksa ketikan Anda.
| 1 Ketik ulang
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 1234567890123
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1970
| TIDAK SAH: tidak ada sertifikat seperti itu, atau tahun lahirnya lain. Periksa ketikan Anda.
| 1 Ketik ulang
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 6088231450774
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1970
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 6088 2314 5077 4
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1970
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih sudah memeriksa.
closes
# Revoked; and over.
dial *119*3*2#
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 3501127946811
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1965
| TIDAK SAH: sertifikat ini sudah dicabut oleh Kemenkes.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
type 1
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 9146602753031
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1965
| TIDAK BERLAKU LAGI: masa berlakunya habis. Pemiliknya bisa meminta yang baru, gratis: dial *119#.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih sudah memeriksa.
closes
# Enough for today.
dial *119*3*2#
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 1277394048628
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1965
| Anda sudah memeriksa banyak sertifikat hari ini. Silakan lanjutkan besok, atau telepon 119 ext 9.
closes
dial *119*3*2#
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
type 1277394048628
| Tahun lahir pemilik sertifikat? Contoh: 1990
| 0 Kembali
type 1965
| Anda sudah memeriksa banyak sertifikat hari ini. Silakan lanjutkan besok, atau telepon 119 ext 9.
closes
