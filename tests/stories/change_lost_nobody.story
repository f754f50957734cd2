# The same answers about a NIK that does not exist: nobody learns which ones do.
phone 081290000097
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
type 3276010402790009
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 04021979
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Ganti nomor HP
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Ketik nomor HP yang BARU. Contoh: 081234567890
| 0 Kembali
type 081290000097
| Nomor baru: 081290000097. Nomor lama masih bisa menerima SMS?
| 1 Ya, kirim kode
| 2 Tidak, hilang
| 3 Ketik ulang nomor
| 0 Kembali 00 Menu
type 2
| Petugas memeriksa dengan KTP, paling lama 3x24 jam. Nomor lama dikabari lewat SMS. Lanjut?
| 1 Ya, lanjut
| 2 Tidak
| 0 Kembali 00 Menu
type 1
| Perubahan ini diperiksa petugas: siapkan KTP atau KK. Tiket: {number}. Paling lama 3x24 jam, dikabari lewat SMS.
closes
