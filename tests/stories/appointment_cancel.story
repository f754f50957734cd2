# Cancelled, after a second thought; then another one can be booked.
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
type 1
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
| R*** K****, dosis 2: Puskesmas Melati, {date} 08:00-09:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number}: Puskesmas Melati, {date} 08:00-09:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
dial *119*9#
| Dosis 2, tiket {number}: Puskesmas Melati, {date} 08:00-09:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 3
| Batalkan tiket {number}, {date} 08:00-09:00? Kursinya langsung untuk orang lain.
| 1 Ya, batalkan
| 2 Tidak
| 0 Kembali 00 Menu
type 2
| Jadwal Anda tetap. Tiket {number}: {date} 08:00-09:00.
closes
dial *119*9#
| Dosis 2, tiket {number}: Puskesmas Melati, {date} 08:00-09:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 3
| Batalkan tiket {number}, {date} 08:00-09:00? Kursinya langsung untuk orang lain.
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
type 1
| Tempat vaksin di Kec. Melati:
| 1 Pos Vaksin Mawar
| 2 Puskesmas Melati
| 0 Kembali 00 Menu
hang up
