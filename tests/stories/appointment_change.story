# Another time, then another place: there is a new ticket, and the old one ends. Whoever looks at other
# times and then says no keeps what was booked, and reads so.
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
type 1
| Tempat vaksin di Kec. Kenanga:
| 1 RSUD Kenanga
| 0 Kembali 00 Menu
type 1
| RSUD Kenanga, Jl. Sehat 12. Hari:
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
| 1 08:00-10:00
| 2 10:00-12:00
| 0 Kembali 00 Menu
type 1
| N*** H****, dosis 2: RSUD Kenanga, {date} 08:00-10:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number}: RSUD Kenanga, {date} 08:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
dial *119*9#
| Dosis 2, tiket {number}: RSUD Kenanga, {date} 08:00-10:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 1
| RSUD Kenanga, Jl. Sehat 12. Hari:
| 1 {date}
| 2 {date}
| 3 {date}
| 4 {date}
| 5 {date}
| 6 {date}
| 7 {date}
| 0 Kembali 00 Menu
type 2
| {date}. Jam yang masih ada:
| 1 08:00-10:00
| 2 10:00-12:00
| 0 Kembali 00 Menu
type 2
| N*** H****, dosis 2: RSUD Kenanga, {date} 10:00-12:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number2}: RSUD Kenanga, {date} 10:00-12:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
dial *119*9#
| Dosis 2, tiket {number2}: RSUD Kenanga, {date} 10:00-12:00.
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
| 9 Lanjut 0 Kembali 00 Menu
type kalimantan timur
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Paser
| 2 Kab. Kutai Kartanegara
| 3 Kab. Berau
| 4 Kab. Kutai Barat
| 5 Kab. Kutai Timur
| 9 Lanjut 0 Kembali 00 Menu
type kota balikpapan
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
| BERHASIL. Tiket {number3}: Puskesmas Melati, {date} 08:00-09:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
dial *119*9#
| Dosis 2, tiket {number3}: Puskesmas Melati, {date} 08:00-09:00.
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
type 2
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
type 2
| Tidak ada jadwal BARU yang dipesan; yang sudah dipesan tetap berlaku. Lihat atau pesan: *119# pilih 9.
closes
dial *119*9#
| Dosis 2, tiket {number3}: Puskesmas Melati, {date} 08:00-09:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
