# A place closes on the day of a ticket. Whoever has it is told, takes another time there, and the former
# ticket ends. The place opens again: the new ticket stands, and the day is offered once more.
phone 081290000024
dial *119*9#
| Jadwal vaksin. Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 6471016204930001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 22041993
| N*** H****: dosis 2 mulai {date}. Cari tempat di Kota Balikpapan?
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
type 1
| N*** H****, dosis 2: Puskesmas Melati, {date} 08:00-09:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number}: Puskesmas Melati, {date} 08:00-09:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
staff close 6471-A
dial *119*9#
| Tiket {number}: Puskesmas Melati TIDAK bisa melayani {date} 08:00-09:00. Pilih gantinya:
| 1 Waktu lain
| 2 Tempat lain
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
dial *119*9#
| Tiket {number}: Puskesmas Melati TIDAK bisa melayani {date} 08:00-09:00. Pilih gantinya:
| 1 Waktu lain
| 2 Tempat lain
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 1
| Puskesmas Melati, Jl. Sehat 6. Hari:
| 1 {date}
| 2 {date}
| 3 {date}
| 4 {date}
| 5 {date}
| 6 {date}
| 0 Kembali 00 Menu
type 1
| {date}. Jam yang masih ada:
| 1 08:00-09:00
| 2 09:00-10:00
| 3 10:00-11:00
| 4 11:00-12:00
| 0 Kembali 00 Menu
type 1
| N*** H****, dosis 2: Puskesmas Melati, {date} 08:00-09:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number2}: Puskesmas Melati, {date} 08:00-09:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
staff open 6471-A
dial *119*9#
| Dosis 2, tiket {number2}: Puskesmas Melati, {date} 08:00-09:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 1
| Puskesmas Melati, Jl. Sehat 6. Hari:
| 1 {date}
| 2 {date}
| 3 {date}
| 4 {date}
| 5 {date}
| 6 {date}
| 7 {date}
| 0 Kembali 00 Menu
type 0
| Dosis 2, tiket {number2}: Puskesmas Melati, {date} 08:00-09:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
