# Whoever does not agree is not asked for anything; the whole text can be read first.
phone 081290000001
dial *119*1#
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 3
| Diminta: NIK, nama, tanggal lahir, tempat tinggal, kesehatan. Gunanya: mencocokkan data dan menjadwalkan vaksin.
| 9 Lanjut 0 Kembali 00 Menu
type 9
| Disimpan: pendaftaran selama program, jadwal 1 tahun, pengaduan 2, persetujuan 5 sejak dicabut, catatan perubahan 10, dosis 25 tahun.
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
