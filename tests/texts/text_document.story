# The text of a QR code, pasted into *Periksa sertifikat* or sent at once. With one letter too many it cannot be
# checked; a revoked one is told, with nothing of its holder.
phone 081290000001
text PERIKSA
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
text {hc1 6088231450774}
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 1
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
text {hc1 6088231450774}A
| TIDAK BISA DIPERIKSA: teksnya rusak, atau bukan sertifikat yang kami kenal. Belum tentu sah. Kirim lagi utuh.
| 1 Ketik ulang
| 2 Selesai
| 0 Kembali 00 Menu
text 1
| Ketik 13 angka kode cek sertifikat. Ada SMS sertifikat atau teks QR (HC1)? Kirim utuh lewat SMS.
| 0 Kembali
text Ini sertifikat saya: {hc1 6088231450774}
| SAH. P*** S****, lahir 1970, dosis 2/2, {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text {hc1 1277394048628}
| SAH. A*** H****, lahir 1965, dosis 3 (booster), {date}. Cocokkan dengan KTP.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
text Periksa {hc1 3501127946811}
| TIDAK SAH: sertifikat ini sudah dicabut oleh Kemenkes.
| 1 Periksa lagi
| 2 Selesai
| 0 Kembali 00 Menu
text 2
| Terima kasih sudah memeriksa.
closes
