# Whoever does not agree is not asked for anything; the whole text can be read first.
phone 081290000001
dial *119*1#
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 3
| Diminta: NIK, nama, tanggal lahir, tempat tinggal, kesehatan, untuk mencocokkan data dan menjadwalkan vaksin.
| 9 Lanjut 0 Kembali 00 Menu
type 9
| Lewat WhatsApp, data melewati server di luar negeri.
| Lihat, perbaiki, hapus, cabut: *119#, Orang di nomor ini, Data saya.
| 9 Lanjut 0 Kembali 00 Menu
type 0
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 2
| Baik, tidak ada data yang disimpan. Anda tetap bisa mendaftar di puskesmas atau telepon 119 ext 9.
closes
