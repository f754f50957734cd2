# Whoever is not registered does that first; a slip tells nothing of anybody.
phone 081290000002
dial *119*9#
| Jadwal vaksin. Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900002
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 06021990
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Daftar vaksin
| 3 Selesai
| 0 Kembali 00 Menu
type 1
| Jadwal vaksin. Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900002
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| D*** L**** belum terdaftar. Daftar dulu, lalu pilih jadwal.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali 00 Menu
hang up
