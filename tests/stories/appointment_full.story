# A place with one seat a day. One is held for whoever is asked, and somebody else who wants the same is
# told at once, and offered other times. The second dose is of the vaccine of the first: of the two
# districts only one has it.
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
type yogya
| Vaksin di provinsi mana? Pilih, atau ketik namanya:
| 1 DI Yogyakarta
| 0 Kembali 00 Menu
type 1
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kab. Kulon Progo
| 2 Kab. Bantul
| 3 Kab. Gunungkidul
| 4 Kab. Sleman
| 5 Kota Yogyakarta
| 0 Kembali 00 Menu
type kota
| Kabupaten/kota? Pilih, atau ketik namanya:
| 1 Kota Yogyakarta
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
type 1
| Pos Vaksin Mawar, Jl. Sehat 6. Hari:
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
| 1 09:00-10:00
| 0 Kembali 00 Menu
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
type 1
| Pos Vaksin Mawar, Jl. Sehat 6. Hari:
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
| 1 09:00-10:00
| 0 Kembali 00 Menu
type 1
| R*** K****, dosis 2: Pos Vaksin Mawar, {date} 09:00-10:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
phone 081290000022
type 1
| BELUM dapat: waktu itu baru saja penuh.
| 1 Waktu lain
| 2 Tempat lain
| 3 Selesai
| 4 Daftar tunggu
| 0 Kembali 00 Menu
type 1
| Pos Vaksin Mawar, Jl. Sehat 6. Hari:
| 1 {date}
| 2 {date}
| 3 {date}
| 4 {date}
| 5 {date}
| 6 {date}
| 0 Kembali 00 Menu
type 1
| {date}. Jam yang masih ada:
| 1 09:00-10:00
| 0 Kembali 00 Menu
type 1
| P*** S****, dosis 3: Pos Vaksin Mawar, {date} 09:00-10:00. Kursi disimpan 5 menit. Pesan?
| 1 Ya, pesan
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| BERHASIL. Tiket {number}: Pos Vaksin Mawar, {date} 09:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
phone 081290000021
type 2
| Tidak ada jadwal BARU yang dipesan; yang sudah dipesan tetap berlaku. Lihat atau pesan: *119# pilih 9.
closes
