# Whoever is registered chooses a place near home, a day and a time, and gets a ticket.
phone 081290000001
dial *119*1#
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
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
| Pendaftaran BERHASIL. Nomor Anda: {number}. Catat dan tunjukkan saat vaksin. Cek lagi: *119# pilih 2.
closes
dial *119*9#
| S*** A****: dosis 1 mulai {date}. Cari tempat di Jakarta Barat?
| 1 Ya
| 2 Di tempat lain
| 0 Kembali
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
| BERHASIL. Tiket {number2}: Puskesmas Melati, {date} 09:00-10:00. Bawa KTP, tunjukkan nomor tiket. Ubah/batal: *119# pilih 9.
closes
# The next dial shows what there is.
dial *119*9#
| Dosis 1, tiket {number2}: Puskesmas Melati, {date} 09:00-10:00.
| 1 Ganti waktu
| 2 Ganti tempat
| 3 Batalkan
| 4 Selesai
| 0 Kembali
type 4
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
