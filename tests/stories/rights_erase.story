# Hapus data: a ticket, which whoever proves the person can take back until staff have done it.
phone 081290000022
dial *119*7*4#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| Data P*** S****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 6
| Dihapus: pendaftaran, jadwal, tiket lama, HP terhubung. Catatan dosis tetap (wajib UU). Minta hapus?
| 1 Ya, minta hapus
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Permintaan HAPUS diterima. Tiket: {number}. Paling lama 3x24 jam. Sampai dihapus bisa dibatalkan di *119#.
closes
dial *119*7*5#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| Data P*** S****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 6
| Permintaan hapus sedang diproses. Tiket: {number}. Batalkan?
| 1 Ya, batalkan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Permintaan hapus DIBATALKAN. Data tetap seperti semula.
closes
# Nothing waits now: it would have to be asked for again.
dial *119*7*5#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| Data P*** S****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
type 6
| Dihapus: pendaftaran, jadwal, tiket lama, HP terhubung. Catatan dosis tetap (wajib UU). Minta hapus?
| 1 Ya, minta hapus
| 2 Tidak
| 0 Kembali 00 Menu
type 2
| Data P*** S****:
| 1 Apa yang disimpan
| 2 Siapa yang melihat
| 3 Persetujuan
| 4 Perbaiki data
| 5 Minta salinan
| 6 Hapus data
| 0 Kembali 00 Menu
# A copy of all of it is a ticket as well.
type 5
| Salinan semua data P*** S**** disiapkan petugas, paling lama 3x24 jam. Lanjut?
| 1 Ya, minta
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Permintaan salinan diterima. Tiket: {number2}. Paling lama 3x24 jam, dikabari lewat SMS. Ambil dengan KTP.
closes
# Whoever is not tied to the person is told nothing, not even whether there is one.
phone 081290000077
dial *119*7*4#
| Data siapa yang ingin dilihat? Ketik 16 angka NIK:
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Ubah nomor HP
| 3 Persetujuan HP ini
| 4 Selesai
| 0 Kembali 00 Menu
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
