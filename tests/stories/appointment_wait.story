# A place with one seat a week, which is taken. Whoever waits for it gets it when it is given back, before
# anybody else does: a seat that is kept for somebody is no seat for others.
phone 081290000021
dial *119*9#
| Jadwal vaksin. Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3471015809880001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 18091988
| R*** K****: dosis 2 mulai {date}. Cari tempat di Kota Yogyakarta?
| 1 Ya
| 2 Di tempat lain
| 0 Kembali 00 Menu
type 2
| Vaksin di provinsi mana? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 9 Lanjut 0 Kembali 00 Menu
type maluku
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Maluku Tengah
| 2 Kab. Maluku Tenggara
| 3 Kab. Kep. Tanimbar
| 4 Kab. Buru
| 9 Lanjut 0 Kembali 00 Menu
type kota ambon
| Tempat vaksin di Kec. Melati:
| 1 Pos Vaksin Mawar
| 2 Puskesmas Melati
| 0 Kembali 00 Menu
type 1
| Pos Vaksin Mawar, Jl. Sehat 6. Hari:
| 1 {date}
| 0 Kembali 00 Menu
type 1
| {date}. Jam yang masih ada:
| 1 09:00-10:00
| 0 Kembali 00 Menu
type 1
| R*** K****, dosis 2: Pos Vaksin Mawar, {date} 09:00-10:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number}: Pos Vaksin Mawar, {date} 09:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
phone 081290000022
dial *119*9#
| Jadwal vaksin. Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 1271010312700001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 03121970
| P*** S****: dosis 3 mulai {date}. Cari tempat di Kota Medan?
| 1 Ya
| 2 Di tempat lain
| 0 Kembali 00 Menu
type 2
| Vaksin di provinsi mana? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 9 Lanjut 0 Kembali 00 Menu
type maluku
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Maluku Tengah
| 2 Kab. Maluku Tenggara
| 3 Kab. Kep. Tanimbar
| 4 Kab. Buru
| 9 Lanjut 0 Kembali 00 Menu
type kota ambon
| Kecamatan? Pilih, atau ketik namanya:
| 1 Kec. Kenanga
| 2 Kec. Melati
| 0 Kembali 00 Menu
type 2
| Tempat vaksin di Kec. Melati:
| 1 Pos Vaksin Mawar
| 2 Puskesmas Melati
| 0 Kembali 00 Menu
type 1
| PENUH: Pos Vaksin Mawar. Mau masuk daftar tunggu? Kalau ada kursi kosong, Anda dikabari.
| 1 Cari tempat lain
| 2 Daftar tunggu
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Masuk daftar tunggu Pos Vaksin Mawar, urutan 1. Kalau ada kursi kosong, Anda dikabari. Lihat: *119# pilih 9.
closes
dial *119*9#
| Daftar tunggu Pos Vaksin Mawar: urutan 1. Belum ada kursi kosong; Anda dikabari kalau ada.
| 1 Cari tempat lain
| 2 Keluar dari daftar
| 3 Selesai
| 0 Kembali
type 3
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
phone 081290000021
dial *119*9#
| Dosis 2, tiket {number}: Pos Vaksin Mawar, {date} 09:00-10:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 3
| Batalkan tiket {number}, {date} 09:00-10:00? Kursinya langsung untuk orang lain.
| 1 Ya, batalkan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Jadwal DIBATALKAN. Tiket {number} tidak berlaku lagi. Jadwal baru: *119# pilih 9.
closes
dial *119*9#
| R*** K****: dosis 2 mulai {date}. Cari tempat di Kota Yogyakarta?
| 1 Ya
| 2 Di tempat lain
| 0 Kembali
type 2
| Vaksin di provinsi mana? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 9 Lanjut 0 Kembali 00 Menu
type maluku
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Maluku Tengah
| 2 Kab. Maluku Tenggara
| 3 Kab. Kep. Tanimbar
| 4 Kab. Buru
| 9 Lanjut 0 Kembali 00 Menu
type kota ambon
| Tempat vaksin di Kec. Melati:
| 1 Pos Vaksin Mawar
| 2 Puskesmas Melati
| 0 Kembali 00 Menu
type 1
| PENUH: Pos Vaksin Mawar. Mau masuk daftar tunggu? Kalau ada kursi kosong, Anda dikabari.
| 1 Cari tempat lain
| 2 Daftar tunggu
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Masuk daftar tunggu Pos Vaksin Mawar, urutan 2. Kalau ada kursi kosong, Anda dikabari. Lihat: *119# pilih 9.
closes
restart
phone 081290000022
dial *119*9#
| ADA KURSI dosis 3: Pos Vaksin Mawar, {date} 09:00-10:00. Disimpan s.d. {moment}. Ambil?
| 1 Ya, ambil
| 2 Tidak
| 0 Kembali
type 1
| BERHASIL. Tiket {number2}: Pos Vaksin Mawar, {date} 09:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
phone 081290000021
dial *119*9#
| Daftar tunggu Pos Vaksin Mawar: urutan 1. Belum ada kursi kosong; Anda dikabari kalau ada.
| 1 Cari tempat lain
| 2 Keluar dari daftar
| 3 Selesai
| 0 Kembali
type 2
| Anda sudah keluar dari daftar tunggu. Jadwal baru: *119# pilih 9.
closes
