# Domain 5.7: several relatives on one number. Everybody is chosen by a masked name, and a stranger
# can be let go.
phone 081290000010
dial *119*7#
| Belum ada orang di nomor ini.
| 1 Tambah orang
| 2 Daftar vaksin
| 3 Chat yang terhubung
| 4 Data saya
| 5 Persetujuan HP ini
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578011203800001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 12031980
| A*** S****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578015006820001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 10061982
| S*** W****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 3
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*7#
| Orang di nomor ini:
| 1 Lihat status
| 2 Tambah orang
| 3 Lepas orang
| 4 Chat yang terhubung
| 5 Data saya
| 6 Persetujuan HP ini
| 0 Kembali
type 1
| Status siapa?
| 1 A*** S****
| 2 S*** W****
| 0 Kembali 00 Menu
type 2
| S*** W****: belum terdaftar dan belum divaksin.
| 1 Daftar sekarang
| 2 Orang lain
| 3 Selesai
| 0 Kembali 00 Menu
type 00
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
type 7
| Orang di nomor ini:
| 1 Lihat status
| 2 Tambah orang
| 3 Lepas orang
| 4 Chat yang terhubung
| 5 Data saya
| 6 Persetujuan HP ini
| 0 Kembali
type 3
| Siapa yang bukan di nomor ini?
| 1 A*** S****
| 2 S*** W****
| 0 Kembali 00 Menu
type 1
| Lepas A*** S**** dari nomor ini?
| 1 Ya, lepas
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Sudah dilepas. Orang itu tidak terlihat lagi dari nomor ini.
closes
dial *119*7#
| Orang di nomor ini:
| 1 Lihat status
| 2 Tambah orang
| 3 Lepas orang
| 4 Chat yang terhubung
| 5 Data saya
| 6 Persetujuan HP ini
| 0 Kembali
type 1
| Status siapa?
| 1 S*** W****
| 0 Kembali 00 Menu
