# Whoever is registered over another channel, so that only the record knows it, books dose 1, changes it and
# gives it back; somebody like them waits for that seat, and takes it.
# record: well
# registered: 3173014502900001
# registered: 3173014502900002
phone 081290000001
dial *119*9#
| Jadwal vaksin. Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| S*** A****: dosis 1 mulai {date}. Cari tempat di Jakarta Barat?
| 1 Ya
| 2 Di tempat lain
| 0 Kembali 00 Menu
type 1
| Kecamatan? Pilih, atau ketik namanya:
| 1 Kec. Kenanga
| 2 Kec. Melati
| 0 Kembali 00 Menu
type 2
| Tempat vaksin di Kec. Melati:
| 1 Pos Vaksin Mawar
| 2 Puskesmas Melati
| 0 Kembali 00 Menu
type 2
| Puskesmas Melati, Jl. Sehat 6. Hari:
| 1 {date}
| 2 {date}
| 3 {date}
| 4 {date}
| 5 {date}
| 6 {date}
| 7 {date}
| 0 Kembali 00 Menu
type 1
| {date}. Jam yang masih ada:
| 1 08:00-09:00
| 2 09:00-10:00
| 3 10:00-11:00
| 4 11:00-12:00
| 0 Kembali 00 Menu
type 2
| S*** A****, dosis 1: Puskesmas Melati, {date} 09:00-10:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number}: Puskesmas Melati, {date} 09:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
# To the place with one seat a week.
dial *119*9#
| Dosis 1, tiket {number}: Puskesmas Melati, {date} 09:00-10:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 2
| Vaksin di provinsi mana? Pilih, atau ketik namanya:
| 1 Aceh
| 2 Sumatera Utara
| 3 Sumatera Barat
| 4 Riau
| 5 Jambi
| 6 Sumatera Selatan
| 7 Bengkulu
| 8 Lampung
| 9 Lanjut 0 Kembali 00 Menu
type maluku
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Maluku Tengah
| 2 Kab. Maluku Tenggara
| 3 Kab. Kep. Tanimbar
| 4 Kab. Buru
| 5 Kab. Seram Bagian Timur
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
| Pos Vaksin Mawar, Jl. Sehat 6. Hari:
| 1 {date}
| 0 Kembali 00 Menu
type 1
| {date}. Jam yang masih ada:
| 1 09:00-10:00
| 0 Kembali 00 Menu
type 1
| S*** A****, dosis 1: Pos Vaksin Mawar, {date} 09:00-10:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number2}: Pos Vaksin Mawar, {date} 09:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
phone 081290000002
dial *119*9#
| Jadwal vaksin. Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900002
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| D*** L****: dosis 1 mulai {date}. Cari tempat di Jakarta Barat?
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
| 7 Bengkulu
| 8 Lampung
| 9 Lanjut 0 Kembali 00 Menu
type maluku
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Maluku Tengah
| 2 Kab. Maluku Tenggara
| 3 Kab. Kep. Tanimbar
| 4 Kab. Buru
| 5 Kab. Seram Bagian Timur
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
phone 081290000001
dial *119*9#
| Dosis 1, tiket {number2}: Pos Vaksin Mawar, {date} 09:00-10:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 3
| Batalkan tiket {number2}, {date} 09:00-10:00? Kursinya langsung untuk orang lain.
| 1 Ya, batalkan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Jadwal DIBATALKAN. Tiket {number2} tidak berlaku lagi. Jadwal baru: *119# pilih 9.
closes
# record: well
# reads: ADA KURSI
phone 081290000002
dial *119*9#
| ADA KURSI dosis 1: Pos Vaksin Mawar, {date} 09:00-10:00. Disimpan s.d. {moment}. Ambil?
| 1 Ya, ambil
| 2 Tidak
| 0 Kembali
type 1
| BERHASIL. Tiket {number}: Pos Vaksin Mawar, {date} 09:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
# What is known of an appointment is shown while the record is away.
# record: away
phone 081290000002
dial *119*9#
| Dosis 1, tiket {number}: Pos Vaksin Mawar, {date} 09:00-10:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
