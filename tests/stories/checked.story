# Who does not match has it checked by staff, and sees it among the own tickets. With the right data nobody has
# to look at it any more.
phone 081290000001
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 2
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 1
| Data DITERIMA untuk diperiksa petugas. Nomor Anda: {number}. Catat. Hasilnya kami kabari, paling lama 3x24 jam.
closes
dial *119*5*6#
| Tiket yang mana?
| 1 {number}
| 0 Kembali 00 Menu
type 1
| Tiket {number}: DITERIMA, menunggu petugas. Dijawab paling lambat {date}.
| 1 Tiket lain
| 2 Selesai
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 1
| Pendaftaran BERHASIL. Nomor Anda: {number2}. Catat dan tunjukkan saat vaksin. Cek lagi: *119# pilih 2.
closes
dial *119*5*6#
| Belum ada tiket dari nomor ini.
| 1 Buat pengaduan
| 2 Selesai
| 0 Kembali 00 Menu
