# Living elsewhere: province and regency from long lists, by number, page or a part of the name.
phone 081290000030
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 1371015511720001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Yusnimar
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05111972
| Tanggal lahir berbeda dari NIK. Ini boleh saja, tapi lihat sekali lagi.
| 1 Sudah benar
| 2 Ketik ulang NIK
| 3 Ketik ulang tanggal
| 0 Kembali 00 Menu
type 1
| Anda tinggal di Kota Padang?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 2
| Provinsi? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 7 Bengkulu
| 8 Lampung
| 9 Lanjut 0 Kembali 00 Menu
type 9
| 1 Bangka Belitung
| 2 Kepulauan Riau
| 3 DKI Jakarta
| 4 Jawa Barat
| 5 Jawa Tengah
| 6 DI Yogyakarta
| 7 Jawa Timur
| 8 Banten
| 9 Lanjut 0 Kembali 00 Menu
type 9
| 1 Bali
| 2 Nusa Tenggara Barat
| 3 Nusa Tenggara Timur
| 4 Kalimantan Barat
| 5 Kalimantan Tengah
| 6 Kalimantan Selatan
| 7 Kalimantan Timur
| 9 Lanjut 0 Kembali 00 Menu
type 0
| Anda tinggal di Kota Padang?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 2
| Provinsi? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 7 Bengkulu
| 8 Lampung
| 9 Lanjut 0 Kembali 00 Menu
type jawa
| Provinsi? Pilih, atau ketik namanya:
| 1 Jawa Barat
| 2 Jawa Tengah
| 3 Jawa Timur
| 0 Kembali 00 Menu
type 1
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Bogor
| 2 Kab. Sukabumi
| 3 Kab. Cianjur
| 4 Kab. Bandung
| 5 Kab. Garut
| 6 Kab. Tasikmalaya
| 9 Lanjut 0 Kembali 00 Menu
type bogor
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Bogor
| 2 Kota Bogor
| 0 Kembali 00 Menu
type xyz
| Nama itu tidak ada.
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Bogor
| 2 Kab. Sukabumi
| 3 Kab. Cianjur
| 4 Kab. Bandung
| 9 Lanjut 0 Kembali 00 Menu
type 1
| Apakah Anda sedang demam/batuk, hamil, alergi berat, atau sakit berat/kronis?
| 1 Tidak ada
| 2 Ya, ada
| 0 Kembali 00 Menu
type 2
| Yang mana? Petugas akan memeriksa di tempat.
| 1 Demam, batuk, sesak
| 2 Baru sembuh Covid
| 3 Hamil
| 4 Alergi berat
| 5 Sakit berat/kronis
| 0 Kembali 00 Menu
type 3
| Pendaftaran BERHASIL. Nomor Anda: {number}. Catat dan tunjukkan saat vaksin. Cek lagi: *119# pilih 2.
closes
