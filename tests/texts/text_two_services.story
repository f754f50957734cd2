# Two services by text: each has its keyword, and one waits while the other is written to.
phone 081290000001
text DAFTAR
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
text 1
| PeduliLindungi: kode {code} utk daftar vaksin. Balas dengan kode ini untuk lanjut. JANGAN beri ke siapa pun. Bukan Anda? Abaikan.
text {code}
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
text ANTREAN
| Antrean klinik
| Berobat hari ini?
| 1 Ambil nomor
| 2 Jam buka
| 3 English
text 1
| Mau ke bagian mana?
| 1 Poli Gigi
| 2 Ibu dan Anak
| 3 Poli Umum
| 0 Kembali
text 1
| Klinik: kode {code} utk ambil nomor antrean. Balas dengan kode ini untuk lanjut. JANGAN beri ke siapa pun. Bukan Anda? Abaikan.
text {code}
| Nomor Anda: 1
| Poli Gigi
| Di depan Anda: 0
| Lihat atau kembalikan: dial *131#
closes
text MENU
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
text 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
text 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
text antri
| Nomor Anda: 1
| Poli Gigi
| Di depan Anda: 0
| 1 Lihat lagi
| 2 Kembalikan nomor
| 3 English
| 4 Selesai
