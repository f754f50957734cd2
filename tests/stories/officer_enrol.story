# The first time: the code of the SMS, and a PIN that is not everybody's. A wrong code is counted.
phone 081290000202
dial *119*77#
| Selamat datang. Ketik kode 6 angka dari SMS kami:
type 111111
| Kodenya belum cocok. Lihat lagi SMS kami yang terakhir.
| 1 Ketik lagi
| 2 Nanti saja
| 0 Kembali
type 1
| Selamat datang. Ketik kode 6 angka dari SMS kami:
| 0 Kembali
type 530718
| Buat PIN 6 angka yang hanya Anda tahu:
| 0 Kembali
type 123456
| PIN itu mudah ditebak. Pilih yang lain.
| Buat PIN 6 angka yang hanya Anda tahu:
| 0 Kembali
type 777777
| PIN itu mudah ditebak. Pilih yang lain.
| Buat PIN 6 angka yang hanya Anda tahu:
| 0 Kembali
type 864208
| Ketik PIN itu sekali lagi:
| 0 Kembali
type 864280
| Kedua PIN tidak sama.
| 1 Ketik ulang PIN
| 2 Nanti saja
| 0 Kembali 00 Menu
type 1
| Buat PIN 6 angka yang hanya Anda tahu:
| 0 Kembali
type 864208
| Ketik PIN itu sekali lagi:
| 0 Kembali
type 864208
| Pendaftaran oleh petugas. Hari ini: 0 orang, sisa 80.
| 1 Daftarkan orang
| 2 English
| 3 Keluar
| 0 Kembali 00 Menu
type 3
| Anda sudah keluar. PIN diminta lagi saat dial *119*77#. Terima kasih.
closes
dial *119*77#
| Ketik PIN petugas Anda (6 angka):
type 530718
| PIN belum cocok. Setelah tiga kali, PIN dikunci sementara.
| 1 Ketik lagi
| 2 Lupa PIN
| 0 Kembali
type 1
| Ketik PIN petugas Anda (6 angka):
| 0 Kembali
type 864208
| Pendaftaran oleh petugas. Hari ini: 0 orang, sisa 80.
| 1 Daftarkan orang
| 2 English
| 3 Keluar
| 0 Kembali 00 Menu
