# NIK and birth date need documents and a human.
phone 081290000030
dial *119#
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 4
| Data siapa yang diubah? Ketik 16 angka NIK:
| 0 Kembali
type 1371015511720001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05111972
| Apa yang diubah untuk Y***?
| 1 Nama
| 2 Nomor HP
| 3 Pendamping anak/lansia
| 4 NIK atau tanggal lahir
| 0 Kembali 00 Menu
type 4
| NIK dan tanggal lahir diubah petugas, dengan KTP atau KK. Kami bukakan tiket?
| 1 Ya, buka tiket
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Ceritakan singkat: apa, kapan, di mana.
| 0 Kembali
type Tanggal lahir di KTP saya 15-11-1972
| Pengaduan diterima. Nomor tiket: {number}. Jawaban kami kabari lewat SMS. Cek: *119#, Pengaduan, Tiket saya.
closes
